/** Time for the stop signal to arrive. The kernel ignores it if nothing could resume the process. */
const STOP_TIMEOUT_MS = 100;

/**
 * Suspends the program like Ctrl-Z in a shell: `leave` releases the terminal, then the whole job is stopped. SIGCONT resumes
 * it. If it can't be stopped (such as the first process of a tmux pane), `stay` takes the terminal back.
 */
export function suspend(leave: () => void, stay: () => void): void {
  leave();
  process.kill(0, 'SIGTSTP');
  setTimeout(stay, STOP_TIMEOUT_MS);
}
