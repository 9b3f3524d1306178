import type { MigrationEvent } from '../../core/event.js';
import { isOverBudget } from '../../core/maintenance/checklist.js';
import type { SessionInfo } from '../../core/session-info.js';
import type { FrontendPlan } from '../../plan/frontend-plan.js';
import { Bell } from '../../session/alerts/bell.js';
import type { EventHook } from '../../session/alerts/hook.js';
import type { SessionEngine } from '../../session/engine.js';
import type { SessionSink } from '../../session/sink.js';

interface AlertPorts {
  engine: SessionEngine;
  info(): SessionInfo;
  say(text: string): void;
}

/** The bell, and the command that the user chose. */
export interface Alerts extends SessionSink {
  bell: Bell;
  /** Waits a moment for commands that still run. `say` gets messages from now on. */
  close(say: (text: string) => void): Promise<void>;
}

/** Loads what runs commands only if there is one. */
export async function openAlerts(plan: FrontendPlan, { engine, info, say }: AlertPorts): Promise<Alerts> {
  const overBudget = (event: MigrationEvent) =>
    event.state === 'closed' && event.red && isOverBudget(event, engine.checklist()?.budgetMs);
  const nameOf = (event: MigrationEvent) =>
    info().targets.find(({ target }) => target === event.target)?.name ?? event.target;
  const about = (event: MigrationEvent) => ({ name: nameOf(event), overBudget: overBudget(event) });
  const bell = new Bell(plan.bell, overBudget);
  let hook: EventHook | undefined;
  if (plan.onEvent) {
    const { EventHook } = await import('../../session/alerts/hook.js');
    hook = new EventHook(plan.onEvent, { about, say, env: process.env });
  }
  const alert = (events: readonly MigrationEvent[]) => {
    for (const event of events) {
      bell.take(event);
      hook?.take(event);
    }
  };
  return {
    bell,
    take: ({ events }) => alert(events),
    target: (_, closed) => alert(closed),
    close: async say => hook?.close(say),
  };
}
