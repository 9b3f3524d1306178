/** As long as a stop may take to reach us; where nobody could bring us back, the kernel lets us run on. */
const STOPPED_BY_MS = 100;

/**
 * Ctrl-Z as a shell expects it: gives the terminal back, stops the whole job, and takes the terminal anew when the job
 * goes on. Whoever leads a session of his own (a tmux pane's first process) can't be stopped, and just goes on.
 */
export function suspend(leave: () => void, enter: () => void): void {
  leave();
  process.kill(0, 'SIGTSTP');
  setTimeout(enter, STOPPED_BY_MS);
}
