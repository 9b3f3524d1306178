import { spawnSync } from 'node:child_process';
import type { Callback, Test } from 'uvu';
import { missing as missingForLab } from '../../src/lab/requirements.js';

/** What a test needs from the machine beyond Node. */
interface Needs {
  root?: true;
  /** Programs on the PATH. */
  commands?: string[];
  /** All that `migwatch lab` asks for: a VM can be booted. */
  lab?: true;
}

/** Registers tests that run where the needs are met, are skipped by name where not, and fail in CI where not. */
export function needing(test: Test, needs: Needs): (name: string, body: Callback) => void {
  const missing = [
    ...(needs.root && process.getuid?.() !== 0 ? ['root'] : []),
    ...(needs.lab ? missingForLab() : []),
    ...(needs.commands ?? []).filter(
      command => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0,
    ),
  ];
  if (missing.length === 0) return (name, body) => test(name, body);
  const reason = `needs ${missing.join(', ')}`;
  return name => {
    if (process.env.CI)
      test(name, () => {
        throw new Error(`${reason}, and nothing is skipped in CI`);
      });
    else {
      console.log(`skipped: ${name}: ${reason}`);
      test.skip(name);
    }
  };
}
