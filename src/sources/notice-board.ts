const KEPT = 50;

/** What a source has to say, the newest last: the same is not said twice in a row, and only so much is kept. */
export class NoticeBoard {
  readonly texts: string[] = [];
  /** Called with each notice, for those who have no screen to show them on. */
  onNotice: ((text: string) => void) | undefined;

  add(text: string): void {
    if (this.texts.at(-1) === text) return;
    this.texts.push(text);
    if (this.texts.length > KEPT) this.texts.shift();
    this.onNotice?.(text);
  }
}
