/** Who is known by a name, where several may share it and one may have several. Looked up as fast for thousands as for one. */
export class MultiMap<T> {
  private readonly entries = new Map<string, Set<T>>();

  of(name: string): ReadonlySet<T> {
    return this.entries.get(name) ?? NOBODY;
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

const NOBODY: ReadonlySet<never> = new Set();
