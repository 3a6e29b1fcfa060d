"""Which machine has the buttons now, and who carries out what it asks?

The session and the desk are pure; here their effects become rows, sounds, lights and a camera that opens and closes.
The one wait lives here too.
"""
