import type { Readable } from 'node:stream';

/**
 * Takes the lines of a stream as they come, in constant memory: of a line longer than `most` characters, its beginning.
 * Resolves when the stream is over, and never rejects: a stream that breaks is over.
 */
export function takeLines(stream: Readable, most: number, take: (line: string) => void): Promise<void> {
  let begun = '';
  const add = (text: string) => {
    if (begun.length < most) begun = (begun + text).slice(0, most);
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
