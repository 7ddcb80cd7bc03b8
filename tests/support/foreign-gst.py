#!/usr/bin/python3
"""Cameras by gst-rtsp-server, an RTSP server that the project has not written: foreign-gst.py PORT USER PASSWORD DIR.

Serves each DIR/NAME.mkv as /NAME, in real time, asking for the password by Digest. Prints "ready" when it listens; ends with its
standard input. Without arguments it only says whether what it needs is there (exit code).
"""
import os
import sys

import gi

for name in ("Gst", "GstRtsp", "GstRtspServer"):
    gi.require_version(name, "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

Gst.init(None)
VIDEO = {
    "h264": "h264parse ! rtph264pay config-interval=-1",
    "h265": "h265parse ! rtph265pay config-interval=-1",
    "mjpeg": "jpegparse ! rtpjpegpay",
}
AUDIO = {"aac": "aacparse ! rtpmp4gpay", "pcmu": "rtppcmupay"}
NEEDED = ("matroskademux", "h264parse", "h265parse", "jpegparse", "aacparse", "rtph264pay", "rtph265pay", "rtpjpegpay")
missing = [name for name in NEEDED if Gst.ElementFactory.find(name) is None]
if missing:
    sys.exit("missing: " + " ".join(missing))
if len(sys.argv) == 1:
    sys.exit(0)

port, user, password, folder = sys.argv[1:]
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(port)

auth = GstRtspServer.RTSPAuth()
auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
token = GstRtspServer.RTSPToken()
token.set_string("media.factory.role", "user")
auth.add_digest(user, password, token)
server.set_auth(auth)

for file in sorted(os.listdir(folder)):
    name, ext = os.path.splitext(file)
    video, _, audio = name.partition("-")
    if ext != ".mkv" or video not in VIDEO:
        continue
    launch = f"filesrc location={folder}/{file} ! matroskademux name=d d.video_0 ! queue ! {VIDEO[video]} name=pay0 pt=96"
    if audio in AUDIO:
        launch += f" d.audio_0 ! queue ! {AUDIO[audio]} name=pay1 pt=97"
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {launch} )")
    permissions = GstRtspServer.RTSPPermissions()
    for right in ("access", "construct"):
        permissions.add_permission_for_role("user", "media.factory." + right, True)
    factory.set_permissions(permissions)
    server.get_mount_points().add_factory("/" + name, factory)

loop = GLib.MainLoop()


def heard(channel, _condition):
    """Whoever started it is gone, or wants it to end."""
    loop.quit()
    return False


GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.IO_HUP | GLib.IO_ERR, heard)
if server.attach(None) == 0:
    sys.exit("the port is taken")
print("ready", flush=True)
loop.run()
