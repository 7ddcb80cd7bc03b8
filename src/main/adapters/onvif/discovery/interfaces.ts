/** The machine's network interfaces that discovery can use. */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

export type NetInterface = { name: string; family: 4 | 6; address: string };

const multicastFlag = 0x1000; // IFF_MULTICAST, linux/if.h

/** Linux tells whether an interface takes multicast; elsewhere joining the group will tell. */
function takesMulticast(name: string, internal: boolean): boolean {
  if (process.platform !== 'linux') return !internal;
  try {
    return (Number(readFileSync(`/sys/class/net/${name}/flags`, 'utf8').trim()) & multicastFlag) !== 0;
  } catch {
    return !internal;
  }
}

/** Every IPv4 address, and one IPv6 entry per interface with a link-local address (or the loopback). */
export function usableInterfaces(): NetInterface[] {
  const out: NetInterface[] = [];
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    const list = addresses ?? [];
    if (
      list.length === 0 ||
      !takesMulticast(
        name,
        list.some((a) => a.internal),
      )
    )
      continue;
    for (const a of list) if (a.family === 'IPv4') out.push({ name, family: 4, address: a.address });
    const six = list.find((a) => a.family === 'IPv6' && (/^fe80:/i.test(a.address) || a.internal));
    if (six) out.push({ name, family: 6, address: six.address });
  }
  return out.slice(0, 64);
}
