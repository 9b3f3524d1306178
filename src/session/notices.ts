import type { SessionInfo } from '../core/session.js';

const KEPT = 50;

/** What was said while a screen left no place to say it: shown as notices. */
export class Notices {
  private readonly texts: string[] = [];

  add(text: string): void {
    this.texts.push(text);
    if (this.texts.length > KEPT) this.texts.shift();
  }

  addedTo(info: SessionInfo): SessionInfo {
    return this.texts.length === 0 ? info : { ...info, notices: [...info.notices, ...this.texts] };
  }
}
