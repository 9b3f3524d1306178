import { statSync } from 'node:fs';
import type { TargetId } from '../../core/sample.js';
import { checkPolite, checkSpeed } from '../../plan/limits.js';
import type { WatchPlan } from '../../plan/plan.js';
import { readListed } from '../../plan/read-plan.js';
import { parseTarget, type TargetSpec } from '../../plan/targets.js';
import type { LiveSamples } from '../../sources/live-samples.js';

/** Changes the targets of a live session at the user's request. */
export class TargetList {
  /** The targets of the files of `-f` when they were last read. */
  private listed: ReadonlySet<TargetId>;

  constructor(
    private readonly plan: Pick<WatchPlan, 'lists' | 'intervalMs' | 'polite' | 'speed'>,
    private readonly source: LiveSamples,
    private readonly say: (text: string) => void,
  ) {
    this.listed = new Set(plan.lists?.targets);
  }

  /** Starts to watch a TARGET as on the command line. Throws a RangeError that says what is wrong with it. */
  add(text: string): void {
    const spec = parseTarget(text);
    checkSpeed([spec], this.plan.speed);
    const watched = this.watched();
    if (watched.has(spec.id)) throw new RangeError(`${spec.id} is watched already`);
    this.checkNumber(watched.size + 1);
    void this.source.add(spec);
  }

  /** Stops watching a target. Throws a RangeError if it can't be removed. */
  remove(target: TargetId): void {
    if (this.watched().size === 1) throw new RangeError("the last target can't be removed: press q to quit");
    if (!this.source.remove(target))
      throw new RangeError(`${target} belongs to an observer: remove it there`);
  }

  /** Reads the files of `-f` again: adds new targets, removes those that are gone, and does not touch the others. */
  reread(): void {
    const { lists } = this.plan;
    if (!lists) {
      this.say('SIGUSR1 reads the list of targets again, but there is none: give one with -f FILE');
      return;
    }
    try {
      lists.files.forEach(checkRereadable);
      this.follow(readListed(lists.files), lists.files.join(', '));
    } catch (error) {
      this.say(`${(error as Error).message}; nothing changed`);
    }
  }

  private follow(specs: readonly TargetSpec[], name: string): void {
    checkSpeed(specs, this.plan.speed);
    const watched = this.watched();
    const wanted = new Set(specs.map(({ id }) => id));
    const joining = specs.filter(({ id }) => !watched.has(id)).length;
    const leaving = [...this.listed].filter(id => !wanted.has(id) && watched.has(id));
    const number = watched.size + joining - leaving.length;
    if (number === 0) throw new RangeError(`${name} contains no targets`);
    this.checkNumber(number);
    this.listed = wanted;
    for (const id of leaving) this.source.remove(id);
    for (const spec of specs) void this.source.add(spec);
    this.say(`${name} read again: ${joining} added, ${leaving.length} removed`);
  }

  private watched(): Set<TargetId> {
    return new Set(this.source.info().targets.map(({ target }) => target));
  }

  private checkNumber(targets: number): void {
    if (this.plan.polite) checkPolite(targets, this.plan.intervalMs);
  }
}

/** A pipe can be read only once. */
function checkRereadable(file: string): void {
  if (file === '-') throw new RangeError("standard input can't be read again: give the targets in a file");
  const found = statSync(file, { throwIfNoEntry: false });
  if (found && !found.isFile())
    throw new RangeError(`${file} is not an ordinary file and can't be read again`);
}
