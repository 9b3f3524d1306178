import type { Trial } from '../net/trial.js';
import type { Permission } from '../prober.js';
import { probingHost } from './host.js';

/** The command that permits raw and packet sockets to Node. */
export const CAP_NET_RAW_REMEDY = 'sudo setcap cap_net_raw+ep "$(readlink -f "$(command -v node)")"';

/** Opens such a socket to see whether the kernel permits it; `remedy` is the command that permits it. */
export async function permissionOf(trial: Trial, remedy: string = CAP_NET_RAW_REMEDY): Promise<Permission> {
  try {
    await probingHost().trySocket(trial);
    return { allowed: true };
  } catch (error) {
    const { message: reason, code = '' } = error as NodeJS.ErrnoException;
    const refused = ['EPERM', 'EACCES'].includes(code);
    return { allowed: false, reason, ...(refused ? { remedy } : {}) };
  }
}
