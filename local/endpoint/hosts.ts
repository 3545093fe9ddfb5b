import { BlockList, isIPv6 } from 'node:net';

/** AWS's own domains (AWS: "Service endpoints"), which include the names of VPC endpoints. */
const awsDomains = /(^|\.)(amazonaws\.(com(\.cn)?|eu)|api\.aws|on\.aws)$/;

const privateNetworks = new BlockList();
privateNetworks.addSubnet('127.0.0.0', 8);
privateNetworks.addSubnet('10.0.0.0', 8);
privateNetworks.addSubnet('172.16.0.0', 12);
privateNetworks.addSubnet('192.168.0.0', 16);
privateNetworks.addAddress('::1', 'ipv6');
privateNetworks.addSubnet('fc00::', 7, 'ipv6');

export function isAwsHost(host: string): boolean {
  return awsDomains.test(host.toLowerCase().replace(/\.$/, ''));
}

/** Whether an IP address is a loopback address, or belongs to a private network (RFC 1918, RFC 4193). */
export function isPrivateAddress(address: string): boolean {
  return privateNetworks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
