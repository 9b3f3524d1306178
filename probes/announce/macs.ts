/** Hardware addresses kept of a target. */
const MAX_MACS = 4;

/** The hardware addresses that were seen to be a target's. Pure. */
export class Macs {
  /** Whether others were announced since the kernel's table was last read, or it had none yet. */
  doubtful = true;
  private readonly list: string[] = [];
  private kernels: string | undefined;

  /** `changed` is called with each address that becomes known, and each that is dropped. */
  constructor(private readonly changed: (mac: string, known: boolean) => void = () => {}) {}

  has(mac: string): boolean {
    return this.list.includes(mac);
  }

  /** A frame announced this address. The oldest makes room, but never the one of the kernel: forging more gains nothing. */
  learn(mac: string): void {
    if (this.has(mac)) return;
    this.doubtful = true;
    this.list.push(mac);
    this.changed(mac, true);
    if (this.list.length > MAX_MACS) this.drop(this.list[0] === this.kernels ? 1 : 0);
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
