import type { device as en } from '../en/device.ts';
import type { Shape } from '../shape.ts';

export const device = {
  trouble: {
    unreachable: 'La caméra ne répond pas. Vérifiez son câble, son alimentation et son adresse.',
    timeout: 'La caméra n’a pas répondu à temps. Réessayez ; si cela dure, redémarrez la caméra.',
    'credentials-missing': 'La caméra demande un utilisateur et un mot de passe. Saisissez-les.',
    'credentials-refused': 'La caméra refuse cet utilisateur ou ce mot de passe. Saisissez les bons.',
    locked:
      'La caméra refuse tout le monde pour l’instant, comme le font les caméras après de mauvais mots de passe. Attendez quelques minutes, puis saisissez le bon.',
    'not-onvif':
      'Quelque chose répond à cette adresse, mais ce n’est pas une caméra ONVIF. Vérifiez l’adresse, ou ajoutez la caméra par son adresse RTSP.',
    'invalid-answer':
      'La réponse de la caméra n’a pas de sens. Mettez à jour son micrologiciel, ou ajoutez-la par son adresse RTSP.',
    'too-large':
      'La réponse de la caméra est trop grande pour être juste. Vérifiez que cette adresse est celle d’une caméra.',
    unsupported: 'La caméra ne sait pas faire cela.',
    refused: 'La caméra n’accepte pas cela. Choisissez d’autres valeurs.',
    'certificate-changed':
      'Le certificat de la caméra a changé. Si ce n’est pas vous, quelqu’un se fait peut-être passer pour elle. Comparez l’empreinte, puis approuvez la nouvelle.',
    'other-device': 'Un autre appareil répond à cette adresse. Retrouvez la caméra, ou donnez sa nouvelle adresse.',
    tls: 'Aucune connexion sûre avec la caméra n’est possible. Vérifiez ses réglages HTTPS.',
    'foreign-host':
      'La caméra renvoie Vigie vers une autre adresse. N’approuvez cette adresse que si vous la connaissez.',
    busy: 'Trop de clients sont connectés à la caméra. Fermez-en, puis réessayez.',
  },
} as const satisfies Shape<typeof en>;
