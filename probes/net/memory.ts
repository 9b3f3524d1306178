/**
 * Zeroed bytes that system calls read and write. Calls take `bytes` itself and never its address as a number: the
 * reference among the arguments keeps the bytes alive during the call, and the kernel keeps no pointer afterwards. The
 * garbage collector is the only owner and nothing is freed by hand, so use after free, double free and leaks are
 * impossible.
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
