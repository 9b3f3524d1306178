import type { Millis } from '../sample.js';
import type { Json } from '../validation/saved-state.js';
import { Disturbance, type Echo } from './disturbance.js';
import type { EchoHistory } from './echo-history.js';
import type { TimeSpan } from './peers.js';
import type { DisturbancesState } from './watch-state.js';

/** Good echoes before a disturbance that form its edge. */
const LEAD_IN = 8;
/** After a standstill, echoes that are bad so much later may belong to the next one: QEMU's announcements take 0.8 s. */
export const APART_MS: Millis = 600;

/** The disturbances of one target: to which one each echo belongs. */
export class Disturbances {
  private open: Disturbance | undefined;
  /** The current disturbance, or else the previous one. */
  private latest: Disturbance | undefined;
  /** What may be another standstill, soon after the one of the open event. */
  private next: Disturbance | undefined;
  /** Outcomes of echoes sent until then are ignored: their losses are reported a timeout late. */
  private judgedUntil: Millis = -Infinity;

  constructor(private readonly echoes: EchoHistory) {}

  get current(): Disturbance | undefined {
    return this.open;
  }

  /** When the next one began, if echoes are missing in it: alarms since then belong to it. */
  get nextSilenceAt(): Millis | undefined {
    return this.next?.hasMissing ? this.next.startedAt : undefined;
  }

  hadBadEchoesThrough({ from, to }: TimeSpan): boolean {
    const { latest } = this;
    return latest !== undefined && latest.startedAt <= to && latest.isBadThrough(from, to);
  }

  addGood(echo: Echo): void {
    (this.belongsToNext(echo) ? this.next : this.open)?.add(echo);
  }

  /** Adds a missing or slow echo. `stoodStillUntil`: the open event is a standstill that ended then. */
  addBad(echo: Echo, stoodStillUntil: Millis | undefined): void {
    if (echo.at <= this.judgedUntil) return;
    if (this.belongsToNext(echo) || this.isApart(echo, stoodStillUntil)) {
      this.next ??= this.startAt(echo.at, echo.seq);
      this.next.add(echo);
      return;
    }
    this.open ??= this.startAt(echo.at, echo.seq);
    this.open.add(echo);
    this.latest = this.open;
  }

  /** The current disturbance; a new one from `moment` if there is none. */
  currentOrFrom(moment: Millis): Disturbance {
    this.open ??= this.startAt(moment);
    return this.open;
  }

  /** Like `currentOrFrom`, and other targets are compared with it. */
  latestFrom(moment: Millis): void {
    this.latest = this.currentOrFrom(moment);
  }

  /** What the current one holds from this echo on becomes the next one. */
  cutFrom(first: Echo): void {
    this.next = this.open!.cutFrom(first, LEAD_IN);
  }

  /** Ends the current one; the next one follows. */
  end(): void {
    this.judgedUntil = this.open!.lastBadAt;
    this.open = this.next;
    this.next = undefined;
  }

  save(): DisturbancesState {
    const { open, latest, next, judgedUntil } = this;
    const isLatest = open !== undefined && open === latest;
    return {
      episode: open?.save(),
      latest: isLatest ? undefined : latest?.save(),
      isLatest,
      next: next?.save(),
      judgedUntil,
    };
  }

  /** The current one and the latest are one object again if they were. */
  load({ episode, latest, isLatest, next, judgedUntil }: DisturbancesState): void {
    this.open = loaded(episode);
    this.latest = isLatest ? this.open : loaded(latest);
    this.next = loaded(next);
    this.judgedUntil = judgedUntil;
  }

  private startAt(moment: Millis, seq?: number): Disturbance {
    return new Disturbance(this.echoes.recent(LEAD_IN, seq), moment);
  }

  private belongsToNext({ at }: Echo): boolean {
    return this.next !== undefined && at >= this.next.startedAt;
  }

  /** The open event is a standstill that is over for a while: what is bad now may be the next one. */
  private isApart({ at }: Echo, stoodStillUntil: Millis | undefined): boolean {
    return stoodStillUntil !== undefined && at > Math.max(this.open!.lastBadAt, stoodStillUntil) + APART_MS;
  }
}

function loaded(saved: Json | undefined): Disturbance | undefined {
  if (saved === undefined) return undefined;
  const disturbance = new Disturbance([], 0);
  disturbance.load(saved);
  return disturbance;
}
