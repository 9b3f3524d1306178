import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { needing } from '../support/needs.js';

const test = suite('what the lab needs');

const TESTS = ['lab.test.js', 'demo.test.js', '../faults/clock.test.js'];

for (const name of TESTS)
  needing(test, { root: true, commands: ['unshare', 'qemu-system-x86_64'] })(
    `${name} is skipped by name where there is QEMU and no kernel`,
    () => {
      const file = fileURLToPath(new URL(name, import.meta.url));
      // The mount is the namespace's own and ends with it.
      const inside = 'mount -t tmpfs none /boot && exec "$@"';
      const output = execFileSync('unshare', ['-m', 'sh', '-c', inside, 'sh', process.execPath, file], {
        encoding: 'utf8',
        env: { ...process.env, CI: '' },
      });
      assert.match(output, /^skipped: .*: needs a readable kernel .*apt-get install linux-image-amd64/m);
      assert.match(output, /Total: +0\n/);
    },
  );

test.run();
