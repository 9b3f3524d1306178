import { analyze } from './analyze.js';
import type { Command } from './command.js';
import { completion } from './completion.js';
import { config } from './config.js';
import { doctor } from './doctor.js';
import { exportRecording } from './export.js';
import { guest } from './guest.js';
import { importLog } from './import.js';
import { lab } from './lab.js';
import { man } from './man.js';
import { pane } from './pane.js';
import { recordings } from './recordings.js';
import { replay } from './replay.js';
import { report } from './report.js';
import { share } from './share.js';
import { verify } from './verify.js';
import { watch } from './watch.js';
import { wire } from './wire.js';

/** Every command, in the order of the help. The first is the default: it takes a first word that is not a command. */
export const commands: readonly Command[] = [
  watch,
  pane,
  replay,
  analyze,
  importLog,
  exportRecording,
  report,
  share,
  verify,
  recordings,
  lab,
  wire,
  guest,
  doctor,
  config,
  completion,
  man,
];
