import type { trouble as en } from '../en/trouble.ts';
import type { Shape } from '../shape.ts';

export const trouble = {
  short: {
    unreachable: 'Inacessível',
    timeout: 'Sem resposta a tempo',
    'credentials-missing': 'Palavra-passe necessária',
    'credentials-refused': 'Palavra-passe recusada',
    'not-found': 'Fluxo inexistente',
    'not-rtsp': 'Não é uma câmara',
    tls: 'Problema de certificado',
    'no-video': 'Sem vídeo',
    codec: 'Codec desconhecido',
    'no-data': 'Não chega imagem',
    closed: 'Ligação terminada',
    protocol: 'Respostas sem sentido',
    busy: 'Câmara ocupada',
    disk: 'O disco não aceita nada',
    'disk-slow': 'Disco lento demais',
    worker: 'A reiniciar',
  },
  long: {
    unreachable: 'Nada responde no seu endereço. Verifique a alimentação e o cabo, depois o endereço e a porta.',
    timeout: 'Foi alcançada mas não respondeu a tempo. Reinicie a câmara se isto continuar.',
    'credentials-missing': 'Pede um utilizador e uma palavra-passe. Introduza-os em Câmaras.',
    'credentials-refused':
      'Recusa o utilizador ou a palavra-passe. Introduza os certos em Câmaras ou pergunte ao instalador.',
    'not-found': 'Não tem fluxo neste caminho. Verifique o fim do endereço.',
    'not-rtsp': 'Outra coisa responde neste endereço e porta. Verifique ambos.',
    tls: 'A ligação encriptada falhou. Verifique o certificado da câmara, ou use rtsp:// em vez de rtsps://.',
    'no-video': 'Não oferece vídeo que se possa usar. Escolha outro fluxo no endereço.',
    codec: 'O seu codec de vídeo não pode ser gravado. Ponha a câmara em H.264 ou H.265.',
    'no-data': 'Está ligada mas não envia imagem. Reinicie a câmara se isto continuar.',
    closed: 'A câmara terminou a ligação. O Vigie volta a ligar por si.',
    protocol: 'Envia respostas sem sentido. Reinicie a câmara ou atualize o firmware.',
    busy: 'Já serve demasiados espectadores. Feche outros programas que a veem.',
    disk: 'Chegam imagens mas o disco não aceita nenhuma. Veja Estado.',
    'disk-slow': 'Chegam imagens mas parte não é gravada: o disco é lento demais, ou era-o há pouco. Veja Estado.',
    worker: 'Uma parte da estação está a reiniciar. Demora alguns segundos.',
  },
} satisfies Shape<typeof en>;
