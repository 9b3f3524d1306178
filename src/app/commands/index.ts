import { analyze } from './analyze.js';
import type { Command } from './command.js';
import { completion } from './completion.js';
import { config } from './config.js';
import { doctor } from './doctor.js';
import { exportRecording } from './export.js';
import { importLog } from './import.js';
import { lab } from './lab.js';
import { man } from './man.js';
import { pane } from './pane.js';
import { recordings } from './recordings.js';
import { replay } from './replay.js';
import { report } from './report.js';
import { watch } from './watch.js';

export type { Command } from './command.js';

/** Every command, in the order of the help; a first word that is none of them is a target for the first of these. */
export const commands: readonly Command[] = [
  watch,
  pane,
  replay,
  analyze,
  importLog,
  exportRecording,
  report,
  recordings,
  lab,
  doctor,
  config,
  completion,
  man,
];

export const commandNames: readonly string[] = commands.map(command => command.name);
