/** Names of what preload and main say to each other; used by both, so that none is copied by hand. */
export const channels = {
  notify: 'shell:notify',
  saveFile: 'shell:save-file',
  displays: 'shell:displays',
  openWindow: 'shell:open-window',
  setScreen: 'shell:set-screen',
} as const;
