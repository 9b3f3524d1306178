/**
 * An HTTP server whose clock can be set: `date-server.js PORT`. A line on stdin is a JSON object that changes how it
 * answers. Writes a line for each request.
 */
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

/** How the server answers. */
export interface DateManners {
  /** Its clock minus that of the machine. */
  offsetMs: number;
  /** Further headers; `date` replaces the server's own. */
  headers: Record<string, string>;
  /** Ends the connection after each answer. */
  close: boolean;
}

let manners: DateManners = { offsetMs: 0, headers: {}, close: false };
const clock = () => Date.now() + manners.offsetMs;
const server = createServer({ keepAliveTimeout: 10_000 }, (_request, response) => {
  const { headers, close } = manners;
  console.log('request');
  response.setHeader('Date', new Date(Math.floor(clock() / 1000) * 1000).toUTCString());
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (close) response.setHeader('Connection', 'close');
  response.end('here\n');
});
server.listen(Number(process.argv[2]), () => console.log('open'));
const input = createInterface({ input: process.stdin });
input.on('line', line => (manners = { ...manners, ...JSON.parse(line) }));
input.on('close', () => process.exit(0));
