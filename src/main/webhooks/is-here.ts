import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Whether an IP address leads to this machine, in whichever way it is written: `::ffff:7f00:1` is 127.0.0.1. */
export function isHere(address: string): boolean {
  const [ip = ''] = address.split('%');
  const own = new BlockList();
  own.addSubnet('127.0.0.0', 8);
  own.addSubnet('0.0.0.0', 8);
  own.addAddress('::1', 'ipv6');
  own.addAddress('::', 'ipv6');
  for (const { address: each } of Object.values(networkInterfaces()).flatMap((all) => all ?? []))
    own.addAddress(each.split('%')[0] as string, familyOf(each));
  return own.check(ip, familyOf(ip));
}

const familyOf = (ip: string) => (isIPv6(ip) ? 'ipv6' : 'ipv4');
