/** The words of the shell's own menus, dialogs and pages. The app's words are the renderer's. */
const en = {
  file: 'Station',
  newWindow: 'New window',
  quit: 'Quit Vigie',
  edit: 'Edit',
  view: 'View',
  reload: 'Reload',
  fullScreen: 'Full screen',
  leaveKiosk: 'Leave kiosk',
  zoomIn: 'Larger',
  zoomOut: 'Smaller',
  zoomReset: 'Normal size',
  devTools: 'Developer tools',
  show: 'Open Vigie',
  idle: 'Vigie: nothing is being recorded',
  recording: (streams: number) => `Vigie: recording ${streams} ${streams === 1 ? 'stream' : 'streams'}`,
  down: 'Vigie: the station is not running',
  quitTitle: 'Quit while recording?',
  quitBody: (streams: number) =>
    `${streams} ${streams === 1 ? 'stream is' : 'streams are'} being recorded. When Vigie quits, recording stops and the time until the next start is missing.`,
  keepRecording: 'Keep recording in the background',
  stopAndQuit: 'Stop recording and quit',
  cancel: 'Cancel',
  startingTitle: 'The station is starting',
  startingBody: 'This takes a moment. After a power cut it first takes the last recordings into its index.',
  restartingBody: (seconds: number) =>
    `The station ended unexpectedly and starts again in ${seconds} s. Recording goes on after that.`,
  failedTitle: 'The station cannot start',
  failedHint: 'Nothing recorded so far is lost. Put right what the line above says, then try again.',
  retry: 'Try again',
  optionsTitle: 'Vigie cannot start this way',
  unknownTitle: (host: string) => `First contact with ${host}`,
  unknownBody: (fingerprint: string) =>
    `This station has made its own certificate. Compare the fingerprint with the one the station shows (Settings, Network, or its start-up lines). Go on only if they are the same.\n\n${fingerprint}`,
  same: 'They are the same',
  changedTitle: (host: string) => `${host} is not the station you agreed to`,
  changedBody: (before: string, now: string) =>
    `Its certificate has changed. Either the station was set up anew, or somebody stands between. Ask its administrator before going on.\n\nbefore: ${before}\nnow: ${now}`,
  saveFailed: 'The file could not be written',
};

export type Text = typeof en;

const fr: Text = {
  file: 'Station',
  newWindow: 'Nouvelle fenêtre',
  quit: 'Quitter Vigie',
  edit: 'Édition',
  view: 'Affichage',
  reload: 'Recharger',
  fullScreen: 'Plein écran',
  leaveKiosk: 'Quitter le mode kiosque',
  zoomIn: 'Plus grand',
  zoomOut: 'Plus petit',
  zoomReset: 'Taille normale',
  devTools: 'Outils de développement',
  show: 'Ouvrir Vigie',
  idle: 'Vigie\u00a0: aucun enregistrement en cours',
  recording: (streams) => `Vigie\u00a0: ${streams} ${streams === 1 ? 'flux enregistré' : 'flux enregistrés'}`,
  down: 'Vigie\u00a0: la station ne tourne pas',
  quitTitle: "Quitter pendant l'enregistrement\u202f?",
  quitBody: (streams) =>
    `${streams} flux en cours d'enregistrement. Si Vigie quitte, l'enregistrement s'arrête et il manquera la durée jusqu'au prochain démarrage.`,
  keepRecording: "Continuer d'enregistrer en arrière-plan",
  stopAndQuit: "Arrêter l'enregistrement et quitter",
  cancel: 'Annuler',
  startingTitle: 'La station démarre',
  startingBody:
    "Un instant. Après une coupure de courant, elle reprend d'abord les derniers enregistrements dans son index.",
  restartingBody: (seconds) =>
    `La station s'est arrêtée de façon inattendue et redémarre dans ${seconds} s. L'enregistrement reprend ensuite.`,
  failedTitle: 'La station ne peut pas démarrer',
  failedHint: "Rien de ce qui est enregistré n'est perdu. Corrigez ce que dit la ligne ci-dessus, puis réessayez.",
  retry: 'Réessayer',
  optionsTitle: 'Vigie ne peut pas démarrer ainsi',
  unknownTitle: (host) => `Premier contact avec ${host}`,
  unknownBody: (fingerprint) =>
    `Cette station a créé son propre certificat. Comparez l'empreinte avec celle que la station affiche (Réglages, Réseau, ou ses lignes de démarrage). Continuez seulement si elles sont identiques.\n\n${fingerprint}`,
  same: 'Elles sont identiques',
  changedTitle: (host) => `${host} n'est pas la station que vous avez acceptée`,
  changedBody: (before, now) =>
    `Son certificat a changé. Soit la station a été réinstallée, soit quelqu'un s'interpose. Demandez à son administrateur avant de continuer.\n\navant\u00a0: ${before}\nmaintenant\u00a0: ${now}`,
  saveFailed: "Le fichier n'a pas pu être écrit",
};

const pt: Text = {
  file: 'Estação',
  newWindow: 'Nova janela',
  quit: 'Sair do Vigie',
  edit: 'Editar',
  view: 'Ver',
  reload: 'Recarregar',
  fullScreen: 'Ecrã inteiro',
  leaveKiosk: 'Sair do modo quiosque',
  zoomIn: 'Maior',
  zoomOut: 'Menor',
  zoomReset: 'Tamanho normal',
  devTools: 'Ferramentas de desenvolvimento',
  show: 'Abrir o Vigie',
  idle: 'Vigie: nada está a ser gravado',
  recording: (streams) => `Vigie: a gravar ${streams} ${streams === 1 ? 'fluxo' : 'fluxos'}`,
  down: 'Vigie: a estação não está a correr',
  quitTitle: 'Sair durante a gravação?',
  quitBody: (streams) =>
    `${streams} ${streams === 1 ? 'fluxo está a ser gravado' : 'fluxos estão a ser gravados'}. Ao sair, a gravação para e faltará o tempo até ao próximo arranque.`,
  keepRecording: 'Continuar a gravar em segundo plano',
  stopAndQuit: 'Parar a gravação e sair',
  cancel: 'Cancelar',
  startingTitle: 'A estação está a arrancar',
  startingBody:
    'Demora um momento. Depois de um corte de energia, recolhe primeiro as últimas gravações para o índice.',
  restartingBody: (seconds) =>
    `A estação terminou inesperadamente e volta a arrancar dentro de ${seconds} s. A gravação continua depois.`,
  failedTitle: 'A estação não consegue arrancar',
  failedHint: 'Nada do que foi gravado se perdeu. Corrija o que a linha acima diz e tente de novo.',
  retry: 'Tentar de novo',
  optionsTitle: 'O Vigie não consegue arrancar assim',
  unknownTitle: (host) => `Primeiro contacto com ${host}`,
  unknownBody: (fingerprint) =>
    `Esta estação criou o seu próprio certificado. Compare a impressão digital com a que a estação mostra (Definições, Rede, ou as linhas de arranque). Continue apenas se forem iguais.\n\n${fingerprint}`,
  same: 'São iguais',
  changedTitle: (host) => `${host} não é a estação que aceitou`,
  changedBody: (before, now) =>
    `O certificado mudou. Ou a estação foi instalada de novo, ou alguém está no meio. Pergunte ao administrador antes de continuar.\n\nantes: ${before}\nagora: ${now}`,
  saveFailed: 'Não foi possível escrever o ficheiro',
};

/** The words for a locale such as `fr-CA`; English where there are none. */
export function textFor(locale: string): Text {
  if (locale.startsWith('fr')) return fr;
  if (locale.startsWith('pt')) return pt;
  return en;
}
