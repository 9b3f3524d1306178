import type { MigrationEvent } from '../../core/event.js';
import { timeFormatOf, type Zone } from '../../core/format/time-of-day.js';
import type { TargetChange } from '../../core/session-info.js';
import type { Step } from '../../core/step.js';
import type { RowData } from '../../recording/rows.js';
import type { RestoredState, SessionSink } from '../../session/sink.js';
import { prefersAscii } from '../../system/terminal.js';
import type { DashboardOptions, DashboardPorts } from '../dashboard/ports.js';
import { SessionState } from '../model/state.js';
import { ASCII, UNICODE } from '../style/glyphs.js';
import { span, type TextLine } from '../style/spans.js';
import { countsLine, wordsLine } from './status-line.js';
import { tmuxText } from './tmux-text.js';
import { paneViewOf } from './view.js';

/** tmux updates its status line at most once a second. */
const LINE_MS = 1000;
/** An unchanged line is written again after this time: only a write shows that tmux, which reads it, is gone. */
const REPEAT_MS = 10_000;

/** Opens the one-line mode, which needs no terminal and has no keys. */
export async function openLine(options: DashboardOptions, ports: DashboardPorts): Promise<StatusLine> {
  return new StatusLine(options, ports);
}

/** Writes one line for the status bar of tmux whenever it changes: the last line is the current one. */
export class StatusLine implements SessionSink {
  /** tmux would show the end of a session as its status. */
  readonly summarized = false;
  readonly stalled = false;
  private readonly state: SessionState;
  private readonly timer: NodeJS.Timeout;
  private written = '';
  private writtenAt = -Infinity;

  constructor(
    private readonly options: DashboardOptions,
    private readonly ports: DashboardPorts,
  ) {
    const { targets, intervalMs } = ports.info();
    this.state = new SessionState({ targets: targets.length, intervalMs, tally: ports.tally });
    this.timer = setInterval(() => this.write(), LINE_MS);
    this.write();
  }

  take(step: Step): void {
    this.state.take(step);
  }

  recall(step: Step): void {
    this.state.recall(step);
  }

  jump(state: RestoredState): void {
    this.state.jump(state);
  }

  reset(reset: RowData['reset']): void {
    this.state.reset(reset);
  }

  target(change: TargetChange, closed: readonly MigrationEvent[]): void {
    this.state.target(change, closed);
  }

  get zone(): Zone {
    return this.options.zone;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
  }

  private write(): void {
    const { options, ports, state } = this;
    const glyphs = options.ascii || prefersAscii(process.env) ? ASCII : UNICODE;
    const now = ports.now();
    const moment = { state, info: ports.info(), now, holdMs: options.holdMs, checklist: ports.checklist?.() };
    const wall = timeFormatOf(options.zone, now);
    const view = paneViewOf({ ...moment, recording: ports.recording?.() }, { rows: 0, spark: 0, wall });
    const trouble = view.recording?.trouble === undefined ? [] : [span(' NOT RECORDING ', 'red')];
    const line: TextLine = [
      ...countsLine(view, glyphs),
      span(glyphs.separator, 'dim'),
      ...wordsLine(view, glyphs),
      ...trouble,
    ];
    const text = tmuxText(line, { color: options.color, ascii: glyphs.ascii });
    const at = performance.now();
    if (text === this.written && at - this.writtenAt < REPEAT_MS) return;
    this.written = text;
    this.writtenAt = at;
    ports.writeLine(`${text}\n`);
  }
}
