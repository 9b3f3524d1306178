/**
 * Handles SIGUSR1 from the moment this module is loaded: without a handler, Node opens its debugger on a port.
 * Reference: nodejs.org, "Process: Signal events".
 */
let listener: (() => void) | undefined;

process.on('SIGUSR1', () => listener?.());

/** Sets what the signal does; until then it does nothing. */
export function onUsr1(next: () => void): void {
  listener = next;
}
