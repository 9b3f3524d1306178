/** A socket in the file system leads to this machine. */
const LOCAL = 'this machine';

/** The host of a connection as `--hypervisor` names it: `host1` of `libvirt:qemu+ssh://root@host1/system` and `qmp:host1:4444`. */
export function hostOfConnection(connection: string): string {
  const uri = /^libvirt:[^/]*:\/\/(?:[^/@]*@)?([^/:]*)/.exec(connection);
  if (uri) return uri[1] || LOCAL;
  if (/^qmp:(?:unix:)?\//.test(connection)) return LOCAL;
  return /^qmp:(?:tcp:)?(.+):\d+$/.exec(connection)?.[1] ?? connection;
}
