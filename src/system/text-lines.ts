import type { Readable } from 'node:stream';

/**
 * Passes on the lines of a stream as they arrive, in constant memory: a line is cut after `maxLength` characters.
 * Resolves when the stream ends, and never rejects: a failed stream has ended.
 */
export function takeLines(stream: Readable, maxLength: number, take: (line: string) => void): Promise<void> {
  let begun = '';
  const add = (text: string) => {
    if (begun.length < maxLength) begun = (begun + text).slice(0, maxLength);
  };
  const end = () => {
    const line = begun.replace(/\r$/, '');
    begun = '';
    take(line);
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const [first = '', ...rest] = chunk.split('\n');
    add(first);
    for (const text of rest) {
      end();
      add(text);
    }
  });
  return new Promise(done => {
    const over = () => {
      if (begun !== '') end();
      done();
    };
    stream.once('close', over);
    stream.on('error', () => {});
  });
}
