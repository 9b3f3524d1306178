/** At most this many hardware addresses of a target are kept. */
const MAX_MACS = 4;

/** The hardware addresses that were seen to be a target's. Pure. */
export class Macs {
  /** Whether an address was announced since the kernel's table was last read, or the table had none yet. */
  unconfirmed = true;
  private readonly list: string[] = [];
  private fromKernel: string | undefined;

  /** `changed` is called with each address that becomes known, and each that is dropped. */
  constructor(private readonly changed: (mac: string, known: boolean) => void = () => {}) {}

  has(mac: string): boolean {
    return this.list.includes(mac);
  }

  /** Adds an address. The oldest makes room, but never the one of the kernel's table: forging more addresses gains nothing. */
  add(mac: string): void {
    if (this.has(mac)) return;
    this.unconfirmed = true;
    this.list.push(mac);
    this.changed(mac, true);
    if (this.list.length > MAX_MACS) this.drop(this.list[0] === this.fromKernel ? 1 : 0);
  }

  clear(): void {
    while (this.list.length > 0) this.drop(0);
    this.fromKernel = undefined;
    this.unconfirmed = true;
  }

  private drop(place: number): void {
    for (const mac of this.list.splice(place, 1)) this.changed(mac, false);
  }

  /** Adds the address from the kernel's neighbour table, if that has one. */
  confirm(mac: string | undefined): void {
    this.fromKernel = mac ?? this.fromKernel;
    if (mac !== undefined) this.add(mac);
    this.unconfirmed = this.fromKernel === undefined;
  }
}
