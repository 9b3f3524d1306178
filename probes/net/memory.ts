/**
 * Zeroed bytes that system calls read and write. Calls take `bytes` itself and never a number that stands for its
 * address: the reference among the arguments keeps the bytes alive for the length of the call, and the kernel keeps no
 * pointer afterwards. The garbage collector is the only owner, and nothing frees by hand, so that bytes which are freed
 * too early, twice or never cannot be written.
 */
export class Memory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;

  constructor(length: number) {
    const buffer = new ArrayBuffer(length);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }
}
