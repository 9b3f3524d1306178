import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Deferred, deferred } from '../system/deferred.js';
import type { Namespace } from './namespace.js';

/** A program in a namespace that answers each line with a line: sooner than one that is started for it. It ends with this process. */
export class LineProcess {
  private readonly child: ChildProcess;
  private readonly waiting: Deferred<string>[] = [];

  constructor(namespace: Namespace, command: string[]) {
    this.child = namespace.spawn(command, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(this.child.stdout!).on('line', line => {
      if (line.trim() !== '') this.waiting.shift()?.resolve(line);
    });
    const end = () => {
      for (const each of this.waiting.splice(0)) each.reject(new Error(`${command.join(' ')} ended`));
    };
    this.child.on('close', end);
    this.child.stdin!.on('error', end);
  }

  /** Writes a line, and resolves with the answer. Rejects if the program ends instead. */
  ask(line: string): Promise<string> {
    const answer = deferred<string>();
    this.waiting.push(answer);
    this.child.stdin!.write(`${line}\n`);
    return answer.promise;
  }

  close(): void {
    this.child.stdin!.end();
  }
}
