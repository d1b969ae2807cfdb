"""A time stamp authority as others run one: RSA keys, an issuer between it and its root, answered by OpenSSL."""

import subprocess
from pathlib import Path

from asn1crypto import tsp

_CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
O = Outside Time Authority
CN = {name}
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[stamping]
basicConstraints = CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = ours
[ours]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/stamping.pem
signer_key = {folder}/stamping.key
certs = {folder}/issuing.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class OpensslAuthority:
    """A Timestamper whose stamps carry the time of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "serial").write_text("01\n")
        self._issue("root", "root", "authority")
        self._issue("issuing", "root", "authority")
        self._issue("stamping", "issuing", "stamping")

    @property
    def root_pem(self) -> bytes:
        return (self._folder / "root.pem").read_bytes()

    def token(self, digest: bytes) -> bytes:
        imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
        query = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "cert_req": True})
        (self._folder / "query").write_bytes(query.dump())
        self._run("ts", "-reply", "-config", "stamping.cnf", "-queryfile", "query", "-token_out", "-out", "token")
        return (self._folder / "token").read_bytes()

    def _issue(self, name: str, above: str, extensions: str) -> None:
        (self._folder / f"{name}.cnf").write_text(_CONFIG.format(name=name, folder=self._folder))
        self._run("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", f"{name}.key")
        self._run("req", "-new", "-key", f"{name}.key", "-config", f"{name}.cnf", "-out", f"{name}.csr")
        issuer = ["-signkey", "root.key"] if name == above else ["-CA", f"{above}.pem", "-CAkey", f"{above}.key"]
        extended = ["-extfile", f"{name}.cnf", "-extensions", extensions, "-days", "30", "-CAcreateserial"]
        self._run("x509", "-req", "-in", f"{name}.csr", *issuer, *extended, "-out", f"{name}.pem")

    def _run(self, *command: str) -> None:
        subprocess.run(["openssl", *command], cwd=self._folder, check=True, capture_output=True)
