import type { trouble as en } from '../en/trouble.ts';
import type { Shape } from '../shape.ts';

export const trouble = {
  short: {
    unreachable: 'Injoignable',
    timeout: 'Pas de réponse à temps',
    'credentials-missing': 'Mot de passe requis',
    'credentials-refused': 'Mot de passe refusé',
    'not-found': 'Flux inexistant',
    'not-rtsp': 'Pas une caméra',
    tls: 'Problème de certificat',
    'no-video': 'Pas de vidéo',
    codec: 'Codec inconnu',
    'no-data': 'Aucune image n’arrive',
    closed: 'Connexion terminée',
    protocol: 'Réponses incohérentes',
    busy: 'Caméra occupée',
    disk: 'Le disque ne prend rien',
    'disk-slow': 'Disque trop lent',
    worker: 'Redémarrage',
  },
  long: {
    unreachable: 'Rien ne répond à son adresse. Vérifiez l’alimentation et le câble, puis l’adresse et le port.',
    timeout: 'Elle a été atteinte mais n’a pas répondu à temps. Redémarrez la caméra si cela dure.',
    'credentials-missing': 'Elle demande un utilisateur et un mot de passe. Entrez-les sous Caméras.',
    'credentials-refused':
      'Elle refuse l’utilisateur ou le mot de passe. Entrez les bons sous Caméras ou demandez à l’installateur.',
    'not-found': 'Elle n’a pas de flux à ce chemin. Vérifiez la fin de l’adresse.',
    'not-rtsp': 'Autre chose répond à cette adresse et à ce port. Vérifiez les deux.',
    tls: 'La connexion chiffrée a échoué. Vérifiez le certificat de la caméra, ou utilisez rtsp:// au lieu de rtsps://.',
    'no-video': 'Elle n’offre pas de vidéo utilisable. Choisissez un autre flux dans l’adresse.',
    codec: 'Son codec vidéo ne peut pas être enregistré. Réglez la caméra sur H.264 ou H.265.',
    'no-data': 'Elle est connectée mais n’envoie pas d’image. Redémarrez la caméra si cela dure.',
    closed: 'La caméra a terminé la connexion. Vigie se reconnecte d’elle-même.',
    protocol: 'Elle envoie des réponses incohérentes. Redémarrez la caméra ou mettez à jour son micrologiciel.',
    busy: 'Elle sert déjà trop de spectateurs. Fermez les autres programmes qui la regardent.',
    disk: 'Des images arrivent mais le disque n’en prend aucune. Voir État.',
    'disk-slow':
      'Des images arrivent mais une partie n’est pas enregistrée : le disque est trop lent, ou l’était à l’instant. Voir État.',
    worker: 'Une partie de la station redémarre. Cela prend quelques secondes.',
  },
} satisfies Shape<typeof en>;
