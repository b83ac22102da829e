import NanoCore
import Testing

/// What may be a secret, by its looks.
@Suite struct SecretLikenessTests {
    static let secret = String(repeating: "deadbe5f", count: 8)

    @Test(arguments: [
        secret, secret.uppercased(), "0x10=abcdef", "10=00", "0xff = zz", "--x=0x20=ab",
        "--secret=\(secret)", "x\(secret.prefix(32))", String(secret.prefix(31)) + "g" + secret,
        secret.prefix(20) + "g" + secret.suffix(20), "de:ad:be:5f:" + secret.prefix(24),
    ])
    func `secrets and what was meant to be one are not shown`(text: String) {
        #expect(SafeText.quotable(text, to: 400) == SecretLikeness.substitute)
    }

    @Test(arguments: [
        "", "abc", "replay:1,forged:0.5", "http://alba:5555/?a=b&c=d", "frames.hex", "name=value",
        String(secret.prefix(31)), "/tmp/5f3a91c2-77aa-4e0b-9d21-0123456789ab/state",
    ])
    func `other text is shown`(text: String) {
        #expect(SafeText.quotable(text, to: 400) == text)
    }
}
