import type { MigrationEvent } from '../../core/event.js';
import { isOverBudget } from '../../core/maintenance/checklist.js';
import type { SessionInfo } from '../../core/session.js';
import type { Step } from '../../core/step.js';
import type { FrontendPlan } from '../../plan/frontend-plan.js';
import { Bell } from '../../session/alerts/bell.js';
import type { EventHook } from '../../session/alerts/hook.js';
import type { SessionEngine } from '../../session/engine.js';

interface AlertPorts {
  session: SessionEngine;
  info(): SessionInfo;
  say(text: string): void;
}

/** Whoever calls the user: the bell, and the command of his choice. */
export interface Alerts {
  take(step: Pick<Step, 'events'>): void;
  bell: Bell;
  /** The session is over, and `say` reaches whoever is left to read. */
  close(say: (text: string) => void): Promise<void>;
}

/** What it takes to run a command is loaded only where there is one. */
export async function openAlerts(plan: FrontendPlan, { session, info, say }: AlertPorts): Promise<Alerts> {
  const overBudget = (event: MigrationEvent) =>
    event.state === 'closed' && event.red && isOverBudget(event, session.checklist()?.budgetMs);
  const nameOf = (event: MigrationEvent) =>
    info().targets.find(({ target }) => target === event.target)?.name ?? event.target;
  const about = (event: MigrationEvent) => ({ name: nameOf(event), overBudget: overBudget(event) });
  const bell = new Bell(plan.bell, overBudget);
  let hook: EventHook | undefined;
  if (plan.onEvent) {
    const { EventHook } = await import('../../session/alerts/hook.js');
    hook = new EventHook(plan.onEvent, { about, say, env: process.env });
  }
  return {
    bell,
    take: ({ events }) => {
      for (const event of events) {
        bell.take(event);
        hook?.take(event);
      }
    },
    close: async say => hook?.close(say),
  };
}
