import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The name in the certificates, for a connection that has no address. */
export const CERTIFIED_NAME = 'lab';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];

/** The names that QEMU expects of both ends, and libvirt of a client: one key serves all of them. */
const COPIES: readonly (readonly [from: string, to: string])[] = [
  ['ca-cert.pem', 'cacert.pem'],
  ...['client-cert.pem', 'clientcert.pem'].map(name => ['server-cert.pem', name] as const),
  ...['client-key.pem', 'clientkey.pem'].map(name => ['server-key.pem', name] as const),
];

/** Makes an authority and a certificate for these addresses in `folder`, valid for two days. Returns the folder. */
export function makeCertificates(folder: string, addresses: readonly string[]): string {
  mkdirSync(folder, { mode: 0o700 });
  const file = (name: string) => join(folder, name);
  const make = (name: string, subject: string, more: readonly string[]) =>
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', ...NEW_KEY, '-subj', `/CN=${subject}`],
        ...['-keyout', file(`${name}-key.pem`), '-out', file(`${name}-cert.pem`)],
        ...more.flatMap(extension => ['-addext', extension]),
        ...(name === 'ca' ? [] : ['-CA', file('ca-cert.pem'), '-CAkey', file('ca-key.pem')]),
      ],
      { stdio: 'pipe' },
    );
  make('ca', 'migwatch lab', ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign']);
  make('server', CERTIFIED_NAME, [
    ...['basicConstraints=critical,CA:FALSE', 'keyUsage=critical,digitalSignature,keyEncipherment'],
    'extendedKeyUsage=serverAuth,clientAuth',
    `subjectAltName=${[`DNS:${CERTIFIED_NAME}`, ...addresses.map(address => `IP:${address}`)].join(',')}`,
  ]);
  for (const [from, to] of COPIES) copyFileSync(file(from), file(to));
  return folder;
}
