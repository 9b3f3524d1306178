/** As long as a stop may take to reach us; where nobody could bring us back, the kernel lets us run on. */
const STOPPED_BY_MS = 100;

/**
 * Ctrl-Z as a shell expects it: gives the terminal back and stops the whole job. SIGCONT tells when it goes on; where
 * nobody could send that (the first process of a tmux pane can't be stopped), `stay` takes the terminal anew.
 */
export function suspend(leave: () => void, stay: () => void): void {
  leave();
  process.kill(0, 'SIGTSTP');
  setTimeout(stay, STOPPED_BY_MS);
}
