import { privilegedProcess } from '../privileged/client.js';
import type { ProbingHost } from './probing.js';
import { startThread } from './thread.js';
import { trySocket } from './trial.js';

const here: ProbingHost = { trySocket, startThread };

/** The privileged process where there is one, else this process. */
export function probingHost(): ProbingHost {
  return privilegedProcess() ?? here;
}
