/** Items by name: several items may share a name, and one item may have several. A look-up takes constant time. */
export class MultiMap<T> {
  private readonly entries = new Map<string, Set<T>>();

  of(name: string): ReadonlySet<T> {
    return this.entries.get(name) ?? NOTHING;
  }

  add(name: string, item: T): void {
    const items = this.entries.get(name) ?? new Set();
    this.entries.set(name, items.add(item));
  }

  remove(name: string, item: T): void {
    const items = this.entries.get(name);
    if (items?.delete(item) && items.size === 0) this.entries.delete(name);
  }
}

const NOTHING: ReadonlySet<never> = new Set();
