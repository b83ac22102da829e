import Testing

@testable import NanoTUI

@Suite struct TerminfoTests {
    @Test(arguments: [nil, "", "dumb", "no-such-terminal"] as [String?])
    func `a terminal that cannot be drawn on is told with what to run in place of the console`(
        term: String?
    ) {
        for (attachment, command) in [
            (Attachment.none, "`nanogridata serve`, or the console with `--linear`"),
            (.steering, "the same with `--linear`"), (.looking, "the same with `--linear`"),
        ] {
            let error = #expect(throws: ConsoleError.self) {
                _ = try Terminfo(term: term, output: 1, substitute: attachment.substitute)
            }
            #expect(error?.description.hasSuffix("run \(command)") == true)
        }
    }
}
