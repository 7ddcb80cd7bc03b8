/** What a device does not do, and what a person can do about it. */
export const device = {
  trouble: {
    unreachable: 'The camera does not answer. Check its cable, power and address.',
    timeout: 'The camera did not answer in time. Try again; if it stays so, restart the camera.',
    'credentials-missing': 'The camera asks for a user and a password. Enter them.',
    'credentials-refused': 'The camera refuses this user or password. Enter the right ones.',
    locked:
      'The camera refuses everybody for now, as cameras do after wrong passwords. Wait some minutes, then enter the right one.',
    'not-onvif':
      'Something answers at this address, but it is not an ONVIF camera. Check the address, or add the camera by its RTSP address.',
    'invalid-answer': 'The camera’s answer makes no sense. Update its firmware, or add it by its RTSP address.',
    'too-large': 'The camera’s answer is too large to be right. Check that this address is a camera.',
    unsupported: 'The camera cannot do this.',
    refused: 'The camera does not accept this. Choose other values.',
    'certificate-changed':
      'The camera’s certificate has changed. If you did not change it, somebody may be posing as the camera. Compare the fingerprint, then trust the new one.',
    'other-device': 'Another device answers at this address. Find the camera again, or give its new address.',
    tls: 'No secure connection to the camera can be made. Check its HTTPS settings.',
    'foreign-host': 'The camera sends Vigie to another address. Trust that address only if you know it.',
    busy: 'Too many clients are connected to the camera. Close others, then try again.',
  },
} as const;
