/**
 * SIGUSR1 is ours from the moment at which this is loaded: where nobody listens, Node opens its debugger on a port.
 * Reference: nodejs.org, "Process: Signal events".
 */
let heard: (() => void) | undefined;

process.on('SIGUSR1', () => heard?.());

/** What the signal does from now on; until then nothing. */
export function onUsr1(listener: () => void): void {
  heard = listener;
}
