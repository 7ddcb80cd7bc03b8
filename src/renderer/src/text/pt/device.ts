import type { device as en } from '../en/device.ts';
import type { Shape } from '../shape.ts';

export const device = {
  trouble: {
    unreachable: 'A câmara não responde. Verifique o cabo, a alimentação e o endereço.',
    timeout: 'A câmara não respondeu a tempo. Tente de novo; se continuar, reinicie a câmara.',
    'credentials-missing': 'A câmara pede um utilizador e uma palavra-passe. Introduza-os.',
    'credentials-refused': 'A câmara recusa este utilizador ou esta palavra-passe. Introduza os certos.',
    locked:
      'A câmara recusa toda a gente por agora, como fazem as câmaras após palavras-passe erradas. Espere alguns minutos e introduza a certa.',
    'not-onvif':
      'Algo responde neste endereço, mas não é uma câmara ONVIF. Verifique o endereço, ou adicione a câmara pelo endereço RTSP.',
    'invalid-answer': 'A resposta da câmara não faz sentido. Atualize o firmware, ou adicione-a pelo endereço RTSP.',
    'too-large':
      'A resposta da câmara é demasiado grande para estar certa. Verifique se este endereço é de uma câmara.',
    unsupported: 'A câmara não sabe fazer isto.',
    refused: 'A câmara não aceita isto. Escolha outros valores.',
    'certificate-changed':
      'O certificado da câmara mudou. Se não foi você, alguém pode estar a fazer-se passar por ela. Compare a impressão digital e aprove a nova.',
    'other-device': 'Outro dispositivo responde neste endereço. Procure a câmara de novo, ou indique o novo endereço.',
    tls: 'Não é possível uma ligação segura à câmara. Verifique as definições HTTPS.',
    'foreign-host': 'A câmara envia o Vigie para outro endereço. Aprove esse endereço só se o conhecer.',
    busy: 'Há demasiados clientes ligados à câmara. Feche alguns e tente de novo.',
  },
} as const satisfies Shape<typeof en>;
