/** Puts decoded pictures on one surface, inside the worker. A painter owns the frames it is given and closes them. */
export type Painter = {
  /** False: the surface is still busy with the one before, this one was dropped. */
  paint(frame: VideoFrame): boolean;
  end(): void;
};

export function trackPainter(writable: WritableStream<VideoFrame>): Painter {
  const writer = writable.getWriter();
  return {
    paint(frame) {
      if ((writer.desiredSize ?? 0) <= 0) {
        frame.close();
        return false;
      }
      writer.write(frame).then(
        () => {
          frame.close();
        },
        () => {
          frame.close(); // the page has ended the track
        },
      );
      return true;
    },
    end() {
      writer.abort().catch(() => undefined);
    },
  };
}

const vertex = `attribute vec2 p; varying vec2 t;
void main() { t = vec2(p.x * 0.5 + 0.5, 0.5 - p.y * 0.5); gl_Position = vec4(p, 0.0, 1.0); }`;
const fragment = `precision mediump float; varying vec2 t; uniform sampler2D s;
void main() { gl_FragColor = texture2D(s, t); }`;

/** Null when the context cannot be had (lost GPU): the caller copies instead. */
export function webglPainter(canvas: OffscreenCanvas): Painter | null {
  const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false, stencil: false });
  if (!gl) return null;
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
  const at = gl.getAttribLocation(program, 'p');
  gl.enableVertexAttribArray(at);
  gl.vertexAttribPointer(at, 2, gl.FLOAT, false, 0, 0);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  return {
    paint(frame) {
      const { displayWidth: width, displayHeight: height } = frame;
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
        gl.viewport(0, 0, width, height);
      }
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, frame);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
      frame.close();
      return true;
    },
    end() {
      gl.getExtension('WEBGL_lose_context')?.loseContext();
    },
  };
}

/** Converts on the CPU and puts the bytes; 2D drawing where the browser cannot convert. */
export function copyPainter(canvas: OffscreenCanvas): Painter {
  const context = canvas.getContext('2d', { alpha: false });
  let image: ImageData | null = null;
  let busy = false;
  let converts = true;
  const fit = (frame: VideoFrame): void => {
    if (canvas.width === frame.displayWidth && canvas.height === frame.displayHeight && image) return;
    canvas.width = frame.displayWidth;
    canvas.height = frame.displayHeight;
    image = new ImageData(frame.displayWidth, frame.displayHeight);
  };
  return {
    paint(frame) {
      if (busy || !context) {
        frame.close();
        return false;
      }
      fit(frame);
      if (!converts || !image) {
        context.drawImage(frame, 0, 0);
        frame.close();
        return true;
      }
      const to = image;
      busy = true;
      frame
        .copyTo(to.data, { format: 'RGBA' })
        .then(
          () => {
            context.putImageData(to, 0, 0);
          },
          () => {
            converts = false;
          },
        )
        .finally(() => {
          frame.close();
          busy = false;
        });
      return true;
    },
    end() {},
  };
}
