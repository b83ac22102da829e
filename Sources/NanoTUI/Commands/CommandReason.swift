import NanoCore

extension Command {
    /// Why it was not done, behind what it is about; some reasons begin with that themselves.
    ///
    /// - Parameter name: What it is about, for people; nil for as the audit trail has it.
    func reason(_ text: String, named name: String? = nil) -> String {
        guard let target = audited?.target else { return text }
        return "\(name ?? target): \(text.trimmingPrefix("\(target): "))"
    }
}
