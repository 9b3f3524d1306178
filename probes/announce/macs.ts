/** So many hardware addresses of a target are remembered. */
const MOST = 4;

/** The hardware addresses that were seen to be a target's. Pure. */
export class Macs {
  /** Whether others were told since the kernel's table was last asked, or it has told none yet. */
  doubtful = true;
  private readonly list: string[] = [];
  private kernels: string | undefined;

  /** Is told of each one that becomes known, and that no longer is. */
  constructor(private readonly changed: (mac: string, known: boolean) => void = () => {}) {}

  has(mac: string): boolean {
    return this.list.includes(mac);
  }

  /** A frame told this one. The oldest makes room, but never the kernel's own: who forges more gains nothing. */
  learn(mac: string): void {
    if (this.has(mac)) return;
    this.doubtful = true;
    this.list.push(mac);
    this.changed(mac, true);
    if (this.list.length > MOST) this.drop(this.list[0] === this.kernels ? 1 : 0);
  }

  forget(): void {
    while (this.list.length > 0) this.drop(0);
    this.kernels = undefined;
    this.doubtful = true;
  }

  private drop(place: number): void {
    for (const mac of this.list.splice(place, 1)) this.changed(mac, false);
  }

  /** What the kernel's neighbour table names, if anything. */
  confirm(mac: string | undefined): void {
    this.kernels = mac ?? this.kernels;
    if (mac !== undefined) this.learn(mac);
    this.doubtful = this.kernels === undefined;
  }
}
