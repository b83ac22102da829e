// Whether an operator may end a generation at once.
extension SecretSnapshot {
    /// Why this generation cannot be revoked and what to do instead, in a sentence; nil for a former one,
    /// which can.
    package var whyNotRevocable: String? {
        switch state {
        case .previous: nil
        case .current:
            "generation \(generation) of \(model) is the current one, and all its devices would be "
                + "refused; stage another, promote it when the devices use it, and revoke "
                + "generation \(generation) then"
        case .staged:
            "generation \(generation) of \(model) is staged; abort the rotation to give it up"
        }
    }
}
