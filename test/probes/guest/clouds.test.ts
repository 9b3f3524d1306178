import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { azure } from '../../../probes/guest/azure.js';
import { ec2 } from '../../../probes/guest/ec2.js';
import { gcp } from '../../../probes/guest/gcp.js';
import { chooseSources, guestSources } from '../../../probes/guest/index.js';
import { openstack } from '../../../probes/guest/openstack.js';
import type { GuestSource } from '../../../probes/guest/source.js';
import type { Finding } from '../../../src/core/guest/finding.js';
import { azureServer, ec2Server, gcpServer, served } from '../../support/metadata-server.js';

const test = suite('notices of clouds');

/** One source, looked at when the test says so. */
function looked(source: GuestSource, where: string) {
  const found: Finding[] = [];
  const { look } = source.create(where);
  const ending = new AbortController();
  return {
    found,
    look: async () => void (await look(finding => found.push(finding), ending.signal)),
    end: () => ending.abort(),
  };
}

test('gcp: a hanging request brings the announcement at once, and its end', async () => {
  const server = await gcpServer();
  const { found, look } = looked(gcp, server.url);
  await look();
  assert.equal(found, [], 'NONE is not an announcement');
  assert.is(server.requests[0]!.searchParams.get('last_etag'), '0');
  const hanging = look();
  setTimeout(() => server.set('MIGRATE_ON_HOST_MAINTENANCE'), 50);
  await hanging;
  assert.is(server.requests[1]!.searchParams.get('last_etag'), 'e1');
  server.set('NONE');
  await look();
  server.close();
  assert.equal(
    found.map(finding => [finding.finding, 'what' in finding && finding.what]),
    [
      ['announced', 'MIGRATE_ON_HOST_MAINTENANCE'],
      ['over', 'MIGRATE_ON_HOST_MAINTENANCE'],
    ],
  );
});

test('gcp: a request that hangs ends when the session does', async () => {
  const server = await gcpServer();
  const { look, end } = looked(gcp, server.url);
  await look();
  setTimeout(end, 50);
  await look().then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /abort/i),
  );
  server.close();
});

test('gcp: anybody else at that address is refused', async () => {
  const server = await served((_request, response) => response.end('MIGRATE_ON_HOST_MAINTENANCE'));
  const { found, look } = looked(gcp, server.url);
  await look().then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /is not the metadata service of Google Cloud/),
  );
  server.close();
  assert.equal(found, []);
});

test('azure: a freeze is announced, starts and is over; nothing is ever approved', async () => {
  const server = await azureServer();
  const { found, look } = looked(azure, server.url);
  const freeze = (EventStatus: string) => ({
    EventId: 'f7-1',
    EventStatus,
    EventType: 'Freeze',
    ResourceType: 'VirtualMachine',
    Resources: ['vm1'],
    NotBefore: EventStatus === 'Scheduled' ? 'Mon, 19 Sep 2022 18:29:47 GMT' : '',
    Description: 'Virtual machine is being paused because of a memory-preserving Live Migration operation.',
    EventSource: 'Platform',
    DurationInSeconds: 5,
  });
  await look();
  server.set([freeze('Scheduled')]);
  await look();
  await look();
  server.set([freeze('Started')]);
  await look();
  server.set([]);
  await look();
  server.close();
  const event = { id: 'f7-1', what: 'Freeze of 5 s' };
  assert.equal(found, [
    { finding: 'announced', ...event, notBefore: 'Mon, 19 Sep 2022 18:29:47 GMT' },
    { finding: 'started', ...event },
    { finding: 'over', ...event },
  ]);
  assert.equal([...server.methods], ['GET']);
});

test('ec2: by a token, which is renewed, an event is announced and is over', async () => {
  const server = await ec2Server();
  const { found, look } = looked(ec2, server.url);
  await look();
  const event = (State: string) => ({
    NotBefore: '21 Jan 2019 09:00:43 GMT',
    Code: 'system-reboot',
    Description: 'scheduled reboot',
    EventId: 'instance-event-0d59937288b749b32',
    NotAfter: '21 Jan 2019 09:17:23 GMT',
    State,
  });
  server.set([event('active')]);
  server.expire();
  await look();
  server.set([event('completed')]);
  await look();
  server.close();
  const id = 'instance-event-0d59937288b749b32';
  assert.equal(found, [
    { finding: 'announced', id, what: 'system-reboot', notBefore: '21 Jan 2019 09:00:43 GMT' },
    { finding: 'over', id, what: 'system-reboot' },
  ]);
});

test('openstack: another zone is a move, another uuid a copy', async () => {
  let document: object = { uuid: 'a-1', availability_zone: 'nova', dedicated_cpus: [2, 3], random_seed: 'x' };
  const server = await served((request, response) => {
    response.writeHead(request.url === '/openstack/latest/meta_data.json' ? 200 : 404);
    response.end(JSON.stringify(document));
  });
  const { found, look } = looked(openstack, server.url);
  await look();
  document = { ...document, random_seed: 'y' };
  await look();
  assert.equal(found, []);
  document = { ...document, availability_zone: 'west', dedicated_cpus: [7, 8] };
  await look();
  document = { ...document, uuid: 'b-2' };
  await look();
  server.close();
  assert.equal(found, [
    { finding: 'moved', what: 'zone nova → west' },
    { finding: 'moved', what: 'host processors 2 3 → 7 8' },
    { finding: 'restored' },
  ]);
});

for (const source of guestSources.filter(({ asksOthers }) => asksOthers))
  test(`${source.name}: hostile answers are errors in words, and find nothing`, async () => {
    for (const body of ['', '{', '[]', '{"Events":7}', 'null', '"x"', 'A'.repeat(300 * 1024), '[1,null]']) {
      const server = await served((_request, response) => {
        response.writeHead(500).end(body);
      });
      const { found, look } = looked(source, server.url);
      await look().then(
        () => {},
        (error: Error) => assert.ok(error.message.length > 10),
      );
      server.close();
      assert.equal(found, [], body.slice(0, 20));
    }
  });

test('no other machine is asked unless it is named', () => {
  assert.equal(
    chooseSources([]).map(({ source }) => source.name),
    ['vmclock', 'clocks', 'steal'],
  );
  const [named] = chooseSources(['gcp=http://127.0.0.1:8080/ignored']);
  assert.equal([named!.source.name, named!.where], ['gcp', 'http://127.0.0.1:8080']);
  assert.throws(() => chooseSources(['gpc']), /Did you mean "gcp"|gcp/);
  assert.throws(() => chooseSources(['gcp=file:///etc']), /is not the URL of a metadata service/);
  assert.throws(() => chooseSources(['gcp', 'gcp']), /named twice/);
});

test.run();
