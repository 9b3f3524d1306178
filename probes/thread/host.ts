import { trySocket } from '../net/trial.js';
import { privilegedProcess } from '../privileged/client.js';
import type { ProbingHost } from './ports.js';
import { startThread } from './thread.js';

const here: ProbingHost = { trySocket, startThread };

/** The privileged process if there is one, otherwise this process. */
export function probingHost(): ProbingHost {
  return privilegedProcess() ?? here;
}
