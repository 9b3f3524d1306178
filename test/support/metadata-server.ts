/** Local servers that speak the metadata protocols of the clouds, for the parts that a watcher uses. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on a free port of this machine. */
export async function served(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Google Compute Engine: a value with an ETag; a request hangs until the value differs, or for its `timeout_sec`. */
export async function gcpServer() {
  let value = 'NONE';
  let etag = 1;
  const requests: URL[] = [];
  const waiting = new Set<() => void>();
  const server = await served((request, response) => {
    const url = new URL(request.url!, 'http://metadata');
    requests.push(url);
    if (request.headers['metadata-flavor'] !== 'Google' || request.headers['x-forwarded-for']) {
      response.writeHead(403).end();
      return;
    }
    const answer = () => {
      waiting.delete(answer);
      clearTimeout(limit);
      response.writeHead(200, { 'metadata-flavor': 'Google', etag: `e${etag}` }).end(value);
    };
    const limit = setTimeout(answer, 1000 * Number(url.searchParams.get('timeout_sec')));
    const hangs = url.searchParams.get('wait_for_change') === 'true';
    if (hangs && url.searchParams.get('last_etag') === `e${etag}`) waiting.add(answer);
    else answer();
    response.on('close', () => clearTimeout(limit));
  });
  const set = (next: string) => {
    value = next;
    etag++;
    for (const answer of [...waiting]) answer();
  };
  return { ...server, requests, set };
}

/** Azure Scheduled Events: the document as it is set; requests without the header are refused. */
export async function azureServer() {
  let document: object = { DocumentIncarnation: 1, Events: [] };
  const methods = new Set<string>();
  const server = await served((request, response) => {
    methods.add(request.method!);
    const url = new URL(request.url!, 'http://metadata');
    const isRight =
      request.headers.metadata === 'true' &&
      url.pathname === '/metadata/scheduledevents' &&
      url.searchParams.get('api-version') === '2020-07-01';
    response.writeHead(isRight ? 200 : 400, { 'content-type': 'application/json' });
    response.end(isRight ? JSON.stringify(document) : '{"error":"Bad request"}');
  });
  return { ...server, methods, set: (Events: object[]) => (document = { DocumentIncarnation: 2, Events }) };
}

/** EC2, IMDSv2: a token by PUT, and nothing without it; tokens can be made to expire. */
export async function ec2Server() {
  let tokens = 0;
  let events: object[] | undefined;
  const server = await served((request, response) => {
    const isToken = request.url === '/latest/api/token' && request.method === 'PUT';
    if (isToken && request.headers['x-aws-ec2-metadata-token-ttl-seconds']) {
      response.end(`token-${++tokens}`);
      return;
    }
    if (request.headers['x-aws-ec2-metadata-token'] !== `token-${tokens}`) response.writeHead(401).end();
    else if (request.url !== '/latest/meta-data/events/maintenance/scheduled' || !events)
      response.writeHead(404).end();
    else response.end(JSON.stringify(events));
  });
  return { ...server, expire: () => void tokens++, set: (next: object[]) => (events = next) };
}
