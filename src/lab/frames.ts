const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const NOBODY = '00:00:00:00:00:00';
const ARP = 0x0806;
const RARP = 0x8035;

/** RFC 903: "what is my address?", as a hypervisor announces a guest. Switches learn the port of `mac` from its source. */
export function rarp(mac: string): Buffer {
  return frame({ type: RARP, operation: 3, source: mac, sender: [mac, '0.0.0.0'], target: [mac, '0.0.0.0'] });
}

/** RFC 5227: a gratuitous ARP reply, "`ip` is at `mac`", which changes the neighbour tables of all who have `ip`. */
export function gratuitousArp(mac: string, ip: string): Buffer {
  return frame({ type: ARP, operation: 2, source: mac, sender: [mac, ip], target: [BROADCAST, ip] });
}

/** RFC 826: "who has `ip`?", asked without an address of its own (an RFC 5227 probe). The reply shows switches where `ip` is. */
export function arpProbe(mac: string, ip: string): Buffer {
  return frame({ type: ARP, operation: 1, source: mac, sender: [mac, '0.0.0.0'], target: [NOBODY, ip] });
}

type Party = readonly [mac: string, ip: string];

interface Fields {
  type: number;
  operation: number;
  /** The source of the Ethernet frame. */
  source: string;
  sender: Party;
  target: Party;
}

function frame({ type, operation, source, sender, target }: Fields): Buffer {
  const numbers = Buffer.alloc(10);
  // Type of the frame; Ethernet with addresses of 6 bytes; IPv4 with addresses of 4 bytes.
  for (const [index, value] of [type, 1, 0x0800, 0x0604, operation].entries())
    numbers.writeUInt16BE(value, 2 * index);
  return Buffer.concat([mac(BROADCAST), mac(source), numbers, ...[sender, target].flatMap(party)]);
}

function party([hardware, ip]: Party): Buffer[] {
  return [mac(hardware), Buffer.from(ip.split('.').map(Number))];
}

function mac(text: string): Buffer {
  return Buffer.from(text.replaceAll(':', ''), 'hex');
}
