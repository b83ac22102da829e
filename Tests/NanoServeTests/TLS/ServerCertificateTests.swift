import Foundation
import NIOSSL
import NanoCore
import Testing

@testable import NanoServe

/// What is found wrong with the files of a TLS server, and how new ones are taken over.
@Suite struct ServerCertificateTests {
    private let authority: TestAuthority
    private let folder: TemporaryFolder
    /// Late enough for certificates that are made in the course of a test.
    private let now = Int64(DeviceFrames.now) + 60
    private static let day: Int64 = 86_400

    init() throws {
        authority = try TestAuthority()
        folder = try TemporaryFolder()
    }

    private func file(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let path = "\(folder.path)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    /// What is wrong with files; nil when nothing is.
    private func fault(
        certificate: String? = nil, key: String? = nil, authorities: String? = nil,
        unixSeconds: Int64? = nil
    ) -> String? {
        let files = TLSFiles(
            section: "devices.tls", certificate: certificate ?? authority.server.certificate,
            key: key ?? authority.server.key, clientAuthorities: authorities)
        do throws(TLSFault) {
            _ = try ServerTLS(files, unixSeconds: unixSeconds ?? now)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `what belongs together is taken, through links too`() throws {
        #expect(fault(authorities: authority.caFile) == nil)
        let link = folder.path + "/link.key"
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: authority.server.key)
        #expect(fault(key: link) == nil)
    }

    @Test func `files that are not there or hold something else are named with their key`() throws {
        let text = try file("text.pem", "nothing")
        let missing = folder.path + "/missing.pem"
        #expect(
            fault(certificate: text)
                == "devices.tls.certificate: \(text): the file holds no certificate in PEM form")
        #expect(
            fault(certificate: missing)
                == "devices.tls.certificate: \(missing): the file cannot be read; look at its path "
                + "and mode")
        #expect(fault(key: missing) == "devices.tls.key: \(missing): the file is not there")
        #expect(
            fault(key: text)
                == "devices.tls.key: \(text): the file holds no private key in PEM form without a "
                + "passphrase")
        #expect(
            fault(authorities: text)
                == "devices.tls.client_ca: \(text): the file holds no certificate in PEM form")
    }

    @Test func `a key of another certificate is found, and one with a passphrase`() throws {
        let other = try authority.issue("other", subject: "other")
        #expect(
            fault(key: other.key)
                == "devices.tls.key: \(other.key): the key does not belong to the certificate in "
                + "\(authority.server.certificate); put the two that belong together there")
        try authority.openssl("pkey -in other.key -out locked.key -aes256 -passout pass:x")
        let locked = other.key.replacingOccurrences(of: "other.key", with: "locked.key")
        #expect(fault(key: locked)?.contains("without a passphrase") == true)
    }

    @Test func `a key that others may read is not used`() throws {
        let text = try String(contentsOfFile: authority.server.key, encoding: .utf8)
        for mode in [0o644, 0o604, 0o660] {
            let path = try file("open.key", text, mode: mode)
            #expect(fault(key: path)?.contains("chmod 600 \(path)") == true)
        }
        // Root may let a group read its keys; whoever is not root has no such files to try with.
        let path = try file("group.key", text, mode: 0o640)
        #expect((fault(key: path) == nil) == (geteuid() == 0))
    }

    @Test func `a certificate is valid from its beginning to its end`() throws {
        let end = Timestamp.iso8601(
            try #require(validUntil(authority.server.certificate)) * 1_000)
        #expect(
            fault(unixSeconds: now + 3 * Self.day)?
                .hasSuffix("the certificate expired at \(end); renew it") == true)
        #expect(
            fault(unixSeconds: now - Self.day)?.contains("the certificate is not valid before ")
                == true)
    }

    @Test func `authorities may have expired as long as one of them has not`() throws {
        let next = try TestAuthority(days: 30)
        let old = try String(contentsOfFile: authority.caFile, encoding: .utf8)
        let both = try file("both.pem", old + String(contentsOfFile: next.caFile, encoding: .utf8))
        func fault(_ authorities: String) -> String? {
            self.fault(
                certificate: next.server.certificate, key: next.server.key,
                authorities: authorities, unixSeconds: now + 3 * Self.day)
        }
        #expect(fault(both) == nil)
        let alone = try #require(fault(authority.caFile))
        #expect(alone.contains("\(authority.caFile): the authority expired at "))
    }

    private func validUntil(_ path: String) -> Int64? {
        try? NIOSSLCertificate.fromPEMFile(path).first.map { Int64($0.notValidAfter) }
    }

    @Test func `a look takes over what has changed and is fit, and keeps what holds otherwise`()
        throws
    {
        let live = try authority.issue("live", subject: "live", names: "IP:127.0.0.1")
        let tls = try ServerTLS(
            TLSFiles(section: "devices.tls", certificate: live.certificate, key: live.key),
            unixSeconds: now)
        let first = tls.context
        #expect(tls.refresh(unixSeconds: now) == nil && tls.context === first)

        try Data("half".utf8).write(to: URL(filePath: live.certificate))
        guard case .refused(let fault) = tls.refresh(unixSeconds: now) else {
            Issue.record("a broken file was taken over")
            return
        }
        #expect(fault.key == "devices.tls.certificate" && tls.context === first)
        #expect(tls.snapshots.first?.fault == fault.description)
        // What was said once is not said again.
        #expect(tls.refresh(unixSeconds: now) == nil)

        try authority.issue("next", subject: "next", names: "IP:127.0.0.1").replace(live)
        #expect(tls.refresh(unixSeconds: now) == .renewed && tls.context !== first)
        #expect(tls.snapshots.first?.fault == "")
    }

    @Test func `a certificate that comes before its time is taken over when that has come`() throws
    {
        let live = try authority.issue("live", subject: "live")
        let tls = try ServerTLS(
            TLSFiles(section: "devices.tls", certificate: live.certificate, key: live.key),
            unixSeconds: now)
        try authority.issue("next", subject: "next").replace(live)
        guard case .refused = tls.refresh(unixSeconds: now - Self.day) else {
            Issue.record("a certificate was taken over that is not valid yet")
            return
        }
        #expect(tls.refresh(unixSeconds: now - Self.day + 1) == nil)
        #expect(tls.refresh(unixSeconds: now) == .renewed)
        #expect(tls.refresh(unixSeconds: now) == nil)
    }

    @Test func `a certificate that comes before its key is not taken over alone`() throws {
        let live = try authority.issue("live", subject: "live")
        let next = try authority.issue("next", subject: "next")
        let tls = try ServerTLS(
            TLSFiles(section: "monitor.tls", certificate: live.certificate, key: live.key),
            unixSeconds: now)
        let first = tls.context
        try CertificateFiles(certificate: next.certificate, key: live.key)
            .replace(CertificateFiles(certificate: live.certificate, key: live.key + ".same"))
        guard case .refused(let fault) = tls.refresh(unixSeconds: now) else {
            Issue.record("half of the new pair was taken over")
            return
        }
        #expect(fault.key == "monitor.tls.key" && tls.context === first)
        try next.replace(live)
        #expect(tls.refresh(unixSeconds: now) == .renewed)
    }
}
