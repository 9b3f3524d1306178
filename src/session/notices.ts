const CAPACITY = 50;

/** Messages for the user, the newest last: at most 50, and none twice in a row. */
export class Notices {
  readonly texts: string[] = [];
  /** Called with each notice, for sessions without a screen that shows them. */
  onNotice: ((text: string) => void) | undefined;

  add(text: string): void {
    if (this.texts.at(-1) === text) return;
    this.texts.push(text);
    if (this.texts.length > CAPACITY) this.texts.shift();
    this.onNotice?.(text);
  }
}
