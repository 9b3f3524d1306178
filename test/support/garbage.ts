import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Leaves on the heap only what is in use, so that two figures of it can be compared. */
export const collectGarbage: () => void = runInNewContext('gc');
